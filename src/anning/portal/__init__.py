"""The pages (网页): before sending, one communication explained, the law, one's account; Chinese and English.

`pages.PAGES` lists every page with what it asks leave for. A page is a handler that takes a `Visit` and answers with a
template and its values; `door` lets visits in, `render` makes the HTML. No page needs a script but for
passkeys; no page asks anything of another host.
"""
