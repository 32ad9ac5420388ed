"""Region and operator of numbers, by the registry of number ranges that the user downloads.

* `reading`    rows of the Ministry's files
* `load`       makes ranges of them in the database, gaps and countries included
* `located`    where a number is from, for queries
* `countries`  names of countries, and their calling codes
* `made_up`    a registry of ranges that belong to nobody, for the demo and tests
* `words`      all this in the present language
"""
