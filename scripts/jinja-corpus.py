"""Writes the outputs of src/lib/jinja/jinja-corpus.json as Jinja2 renders them: pip install Jinja2==3.1.6"""

import json
from pathlib import Path

import jinja2

path = Path(__file__).parent.parent / "src/lib/jinja/jinja-corpus.json"
corpus = json.loads(path.read_text())
environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
for case in corpus["cases"]:
    case["output"] = environment.from_string(case["template"]).render(**corpus["data"])
path.write_text(json.dumps(corpus, ensure_ascii=False, indent=2) + "\n")
