"""One small module per family of models; each registers itself by its `model_type`."""
