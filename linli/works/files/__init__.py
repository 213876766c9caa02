"""Files by their SHA-256, in LINLI_HOME/files or wherever Django's default storage keeps them (S3 for instance)."""
