"""What crosses HTTP, as closed records: bodies of requests, and answers; OpenAPI is made of them."""
