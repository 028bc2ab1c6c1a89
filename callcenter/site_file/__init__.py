"""The site as one readable YAML file (docs/site-file.md): read with places, written to diff."""

from callcenter.site_file.read import SiteFile, read_site_file
from callcenter.site_file.write import write_site_file

__all__ = ["SiteFile", "read_site_file", "write_site_file"]
