"""Addresses of the calculators: a promise, so the ids never change."""

from django.urls import path

from calculator import views

app_name = "calculator"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.widget, name="widget"),
    path("<slug:slug>/result/", views.result, name="result"),
]
