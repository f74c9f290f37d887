"""The address of the page that shows how far the engine's numbers are from measured ones."""

from django.urls import path

from calculator.accuracy import views

app_name = "accuracy"

urlpatterns = [path("", views.index, name="index")]
