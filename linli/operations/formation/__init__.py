"""Units from tables: call signs with what they carry and who rides in them."""
