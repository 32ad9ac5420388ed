"""What is done after each run: reports written, and sent by Telegram where that is wanted.

* `rules`    which report, for whom, where to; kept in the database
* `results`  what came of each rule after each run
* `execute`  carries the rules out for one run
* `watcher`  waits for the ends of runs
* `words`    rules and results in the present language
"""
