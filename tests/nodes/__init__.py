"""Two web and two worker nodes as separate hosts, which share one database, buckets and a cache."""
