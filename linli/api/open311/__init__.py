"""Open311 GeoReport v2: what apps of residents and of the city speak, in JSON and XML."""
