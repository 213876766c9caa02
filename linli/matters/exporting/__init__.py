"""The ledger as a workbook, in the bureau's own template."""
