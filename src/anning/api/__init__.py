"""The HTTP API (接口): decide, scrub, registers, law, holds, webhooks, accounts; OpenAPI at ``/v1/openapi.json``.

`routes.ROUTES` lists every route with what it takes, answers and asks leave for. The two decide paths are raw ASGI
(`decide`); everything else goes through `app`.
"""
