"""THE PAPER: numbers, barcodes, typed document data, templates, typesetting and previews.

Plain data in, bytes out. Imports neither the desk nor the records; the heavy libraries are imported inside
the functions that need them, so that reading a scanned number costs nothing.
"""
