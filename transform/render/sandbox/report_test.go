package sandbox

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		means   means
		lacking []string
	}{
		"all": {
			means: means{basic: true, landlock: 7, seccomp: true},
		},
		"an older Landlock": {
			means: means{basic: true, landlock: 2, seccomp: true},
		},
		"no Landlock": {
			means:   means{basic: true, landlockWhy: "too old", seccomp: true},
			lacking: []string{"reads"},
		},
		"no seccomp": {
			means:   means{basic: true, landlock: 5, seccompWhy: "forbidden"},
			lacking: []string{"writes", "execution", "network", "processes", "kernel"},
		},
		"nothing": {
			means:   means{basicLacks: "none here", landlockWhy: "none here", seccompWhy: "none here"},
			lacking: []string{"privileges", "reads", "writes", "execution", "network", "processes", "kernel", "limits"},
		},
	} {
		r := c.means.report()
		var lacking []string
		for _, p := range r.Protections {
			if p.Lacks != "" {
				lacking = append(lacking, p.Name)
			}
			if p.Lacks == "" && len(p.By) == 0 {
				t.Errorf("%s: nothing holds %s", name, p.Name)
			}
		}
		if !reflect.DeepEqual(lacking, c.lacking) || r.Complete() != (c.lacking == nil) {
			t.Errorf("%s: lacking %v, complete %t", name, lacking, r.Complete())
		}
		said, err := json.Marshal(r)
		var back Report
		if err != nil || json.Unmarshal(said, &back) != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s: as JSON %s, %v", name, said, err)
		}
	}
	if (Report{}).Complete() {
		t.Error("a report about nothing is not complete")
	}
}
