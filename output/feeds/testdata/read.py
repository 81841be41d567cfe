# Reads Atom feeds with feedparser, and checks them with libxml2 against atom.rng.
import os, sys
import feedparser
import lxml.etree

rules = lxml.etree.RelaxNG(lxml.etree.parse(os.path.join(os.path.dirname(__file__), "atom.rng")))
for name in sys.argv[1:]:
    rules.assertValid(lxml.etree.parse(name))
    feed = feedparser.parse(name)
    if feed.bozo:
        sys.exit(f"{name}: {feed.bozo_exception}")
    for e in feed.entries:
        print(e.id, e.title, e.link, e.published, e.author, sep="|")
    if not feed.entries:
        print("empty:", feed.feed.title)
