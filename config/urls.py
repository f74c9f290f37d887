"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("calculators/", include("calculator.urls")),
    path("models/", include("calculator.catalogue.urls")),
    path("hardware/", include("calculator.hardware.urls")),
    path("accuracy/", include("calculator.accuracy.urls")),
    path("", include("glossary.urls")),
]
