"""Problems: what went wrong with a request, in the form of RFC 9457."""
