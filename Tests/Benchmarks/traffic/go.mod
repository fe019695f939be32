module gatewayd.example/benchmarks/traffic

go 1.23
