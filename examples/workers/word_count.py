"""A worker: a transform that counts the words of a text, and keeps the table as an artifact.

It reads one WorkItem from standard input and answers with one WorkResult; docs/runtimes.md has every field of both.
"""

import collections
import csv
import json
import re
import sys


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    item = json.loads(sys.stdin.readline())
    text = item["input"].get("data")
    if not isinstance(text, str):
        say(status="failed", error={"code": "BAD_INPUT", "message": "Give it a text to count."})
        return
    say(progress={"percent": 0, "memo": "counting"})
    counts = collections.Counter(re.findall(r"\w+", text.lower()))
    with open("words.csv", "w", newline="", encoding="utf-8") as table:
        csv.writer(table).writerows([("word", "count"), *counts.most_common()])
    say(
        status="succeeded",
        output={"words": sum(counts.values()), "different": len(counts)},
        artifacts=[{"path": "words.csv", "media_type": "text/csv"}],
    )


main()
