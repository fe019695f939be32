module gatewayd.example/benchmarks/fanout

go 1.23
