"""Report plans as people write them, and the files that a report becomes: CSV, XLSX and one web page."""
