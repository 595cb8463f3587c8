"""REST v1: what people and programs ask for and do, over HTTP, described in OpenAPI 3.1."""
