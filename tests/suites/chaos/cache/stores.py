"""A cache that is small enough to be understood and large enough to be broken."""

import random
import threading


class CorruptEntry(ValueError):
    """The stored bytes do not match their checksum."""


class SmallCache:
    """Least recently used goes first; `load` is called once a key, whoever asks."""

    def __init__(self, maxsize=8):
        self.maxsize = maxsize
        self.hits = 0
        self.misses = 0
        self.evicted = 0
        self._entries = {}
        self._lock = threading.Lock()

    def __len__(self):
        return len(self._entries)

    def put(self, key, value):
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = value
            while len(self._entries) > self.maxsize:
                self._entries.pop(next(iter(self._entries)))
                self.evicted += 1

    def get(self, key):
        with self._lock:
            if key not in self._entries:
                self.misses += 1
                return None
            self.hits += 1
            value = self._entries.pop(key)
            self._entries[key] = value
            return value

    def get_or_load(self, key, load):
        with self._lock:
            if key not in self._entries:
                self.misses += 1
                self._entries[key] = load(key)
            else:
                self.hits += 1
            return self._entries[key]


class LeakyCache:
    """Forgets a share of what it was told."""

    def __init__(self, miss_rate):
        self.miss_rate = miss_rate

    def lookup(self, key):
        return None if random.random() < self.miss_rate else f"value of {key}"
