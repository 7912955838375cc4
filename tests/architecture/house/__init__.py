"""House rules as small syntax-tree checks; each takes one file and names what breaks the rule."""
