"""Objects, dictionaries, strings, big integers, sorting."""
import hashlib, json, re


class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def total(self):
        return self.value + sum(n.total() for n in (self.left, self.right) if n)


def tree(depth, value=1):
    return Node(value, tree(depth - 1, value * 2), tree(depth - 1, value * 2 + 1)) if depth else Node(value)


def words(n):
    counts = {}
    for i in range(n):
        w = "%x" % (i * 2654435761 % 2**32)
        counts[w[:3]] = counts.get(w[:3], 0) + 1
    return sum(v * v for v in counts.values())


def big(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return len(str(a % 10**200))


rows = [{"id": i, "name": f"row {i * 7919 % 1000}", "values": [i, i * i % 97]} for i in range(4000)]
text = json.dumps(sorted(rows, key=lambda r: (r["name"], -r["id"])))
print(tree(13).total(), words(60000), big(8000), len(json.loads(text)), len(re.findall(r"row \d*7\b", text)))
print(hashlib.sha256(text.encode()).hexdigest())
