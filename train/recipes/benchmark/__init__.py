"""One file a row of the benchmark: METHOD, called as the file is."""
