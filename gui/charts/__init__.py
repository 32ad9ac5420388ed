"""Charts drawn with matplotlib. Nothing here needs a display unless it says so."""
