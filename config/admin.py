"""The stock admin under our name, so that the site needs no theme package."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class LegibleAdminConfig(AdminConfig):
    default_site = "config.admin.LegibleAdmin"


class LegibleAdmin(AdminSite):
    site_header = "Legible"
    site_title = "Legible"
    index_title = "Editing"
    enable_nav_sidebar = False
