"""Level 0: every service owns one subdomain's data and knows no other service."""
