"""Places a key in a partition as Kafka's Java clients do, so that both buses and foreign producers agree."""

import struct
from functools import lru_cache

_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_WORD = 0xFFFFFFFF

# People recur (a journey has several events), and hashing 36 bytes takes 5 us in Python (`performance.md` 3).
_REMEMBERED = 8_192


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of `key` among `partitions`."""
    return (_hash(key) & 0x7FFFFFFF) % partitions


@lru_cache(maxsize=_REMEMBERED)
def _hash(data: bytes) -> int:
    """MurmurHash2, as in `org.apache.kafka.common.utils.Utils.murmur2`."""
    whole = len(data) // 4
    mixed = _SEED ^ len(data)
    for word in struct.unpack_from(f"<{whole}I", data):
        scrambled = word * _MIX & _WORD
        scrambled = (scrambled ^ scrambled >> 24) * _MIX & _WORD
        mixed = mixed * _MIX & _WORD ^ scrambled
    if rest := data[4 * whole :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * _MIX & _WORD
    mixed = (mixed ^ mixed >> 13) * _MIX & _WORD
    return mixed ^ mixed >> 15
