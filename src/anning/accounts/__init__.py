"""Who is at the door and what they may do (帐户与权限): tenants, people, roles, keys, sign-in, leave."""
