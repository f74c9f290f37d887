"""Addresses of the glossary: a promise, so slugs never change."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from glossary import search_views, views
from glossary.sitemaps import SITEMAPS

app_name = "glossary"

urlpatterns = [
    path("", views.home, name="home"),
    path("result/", views.home_result, name="home-result"),
    path("terms/", views.index, name="index"),
    path("terms/<slug:slug>/", views.entry, name="entry"),
    path("terms/<slug:slug>/result/", views.result, name="result"),
    path("categories/<slug:slug>/", views.category, name="category"),
    path("search/", search_views.search, name="search"),
    path("search/suggest/", search_views.suggest, name="suggest"),
    path("about/method/", views.method, name="method"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
