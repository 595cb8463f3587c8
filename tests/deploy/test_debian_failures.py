"""What apt and its companions say, and what a person is told to do about it."""

from pathlib import Path

import pytest

from deploy.debian_failures import explain

# As apt 2.6, apt 3.0, dpkg-deb and tar word it.
CASES = [
    (
        "E: Failed to fetch http://mirror.example/InRelease  Could not resolve 'mirror.example'",
        "check the network",
    ),
    ("Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Refused)", "check the network"),
    ("W: Connection failed [IP: 192.0.2.1 80]", "check the network"),
    ("Invalid response from proxy: HTTP/1.1 407 Proxy Authentication Required", "apt's proxy"),
    ("Err:1 http://mirror.example trixie InRelease\n  404  Not Found", "does not have Debian 13"),
    (
        "E: The repository 'http://mirror.example trixie Release' does not have a Release file.",
        "does not have Debian 13",
    ),
    ("E: Unable to locate package postgresql-17", "does not have Debian 13"),
    (
        "The signatures couldn't be verified: the public key is missing: NO_PUBKEY 6ED0E7B82643E",
        "apt-get install debian-archive-keyring",
    ),
    ("E: The repository 'http://x trixie InRelease' is not signed.", "not Debian's"),
    ("Release file for http://x is not valid yet (invalid for another 2d)", "set the clock"),
    ("tar: usr/lib/x: Cannot write: No space left on device", "SREPOK_HOME"),
    ("E: You don't have enough free space in /home/x/.srepok/archives/.", "SREPOK_HOME"),
    ("tar: usr/lib/x: Cannot write: Disk quota exceeded", "SREPOK_HOME"),
]


@pytest.mark.parametrize(("said", "remedy"), CASES)
def test_a_failure_says_what_to_do_and_what_was_said(said: str, remedy: str) -> None:
    message = str(explain("apt-get update", said, Path("/home/x/.srepok")))
    assert message.startswith("apt-get update failed")
    assert remedy in message
    assert said.splitlines()[-1].strip() in message


def test_an_unknown_failure_names_the_place_and_the_words() -> None:
    message = str(explain("unpacking dash 1", "dpkg-deb: error: odd\n", Path("/home/x")))
    assert (
        message == "unpacking dash 1 failed, working in /home/x. It said:\n  dpkg-deb: error: odd"
    )


def test_a_silent_failure_says_that_it_was_silent() -> None:
    assert "(it said nothing)" in str(explain("apt-get update", "\n", Path("/home/x")))
