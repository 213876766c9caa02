"""A crew on scene asks for more."""
