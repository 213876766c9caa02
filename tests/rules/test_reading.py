"""What the tests read of a page: no key, token or hash, and every word."""

from __future__ import annotations

from django.http import HttpResponse

from tests.reading import told, whole


def test_keys_tokens_and_hashes_are_not_read_and_words_are() -> None:
    page = (
        '<a href="/register/people/01a2071e-b9c4-72b9-8304-1d189999d021">苏**</a> 139****9998'
        '<input type="hidden" name="csrfmiddlewaretoken" value="a99990125b3307">'
        '<i data-k="9999aaaa9999aaaa9999aaaa9999aaaa">'
    )
    answer = HttpResponse(page)
    assert "9999" in whole(answer)
    read = told(answer)
    assert "9999" not in read and "0125" not in read and "3307" not in read
    assert "苏**" in read and "139****9998" in read, "and the mutant that reads too little is noticed"
