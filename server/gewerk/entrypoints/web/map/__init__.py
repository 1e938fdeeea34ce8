"""Maps, drawn on the server: points of postcodes on a plane, with towns to find one's way, a scale, and tiles where a server is set.

A page says what lies where (``drawing.Pin``, ``Bubble``, ``Mark``), ``drawing.drawn`` makes the picture, ``<c-map :map="map" />`` shows
it. All places are per cent of the picture's width and height, so that words and points keep their size from a phone to a wide window.
Never: whose points they are, what a click does. Read first: ``projection.py``, then ``drawing.py``.
"""
