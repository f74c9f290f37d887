"""Addresses of the models: a promise, so slugs never change."""

from django.urls import path

from calculator.catalogue import views

app_name = "models"

urlpatterns = [
    path("", views.index, name="index"),
    path("check/", views.check, name="check"),
    path("check/result/", views.check_result, name="check-result"),
    path("check/training/", views.check_training, name="check-training"),
    path("<str:slug>/", views.model, name="model"),
    path("<str:slug>/result/", views.result, name="result"),
    path("<str:slug>/training/", views.training, name="training"),
]
