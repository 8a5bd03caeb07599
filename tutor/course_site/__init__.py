"""The course as a static site: one page a section, a glossary, a search, no network needed."""
