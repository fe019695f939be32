// What the policies are measured with: an upstream that can be slow or busy, and load that comes by a clock.
//
// Usage: traffic upstream [-servers N] [-delay 10ms] [-slow-share 0.01 -slow 100ms] [-at-once N]
//
//	traffic load -url http://127.0.0.1:8080/page -rate N -seconds N [-warm-up N] [-connections N]
package main

import (
	"log"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("traffic: upstream or load?")
	}
	switch os.Args[1] {
	case "upstream":
		upstream(os.Args[2:])
	case "load":
		load(os.Args[2:])
	default:
		log.Fatalf("traffic: neither upstream nor load: %s", os.Args[1])
	}
}
