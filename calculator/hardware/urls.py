"""Addresses of the devices: a promise, so slugs never change."""

from django.urls import path

from calculator.hardware import views

app_name = "hardware"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.device, name="device"),
]
