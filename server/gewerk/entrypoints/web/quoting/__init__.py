"""Where those who answer a request meet it: firms with a login, firms and owners with a signed link. One page, made for a phone.

``answering`` is the page and its acts, ``form`` reads what was typed, ``doors`` are the three ways in;
``market`` shows firms what is open to all of them.
"""
