"""Level 0: every service owns one subdomain's data, knows no other service, and is called through its cell."""
