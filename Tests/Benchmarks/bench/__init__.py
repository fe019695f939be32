"""The benchmark of gatewayd beside its peers: `Tests/Benchmarks/run` is the way in."""
