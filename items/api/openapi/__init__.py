"""The OpenAPI description of the JSON endpoint, as /openapi.json has it."""
