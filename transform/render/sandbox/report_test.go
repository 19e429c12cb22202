package sandbox

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		means   means
		lacking []string
		says    string
	}{
		"all": {
			means: means{basic: true, landlock: 7, seccomp: true},
			says: "in force: privileges (no_new_privs, capabilities), reads (Landlock 7), writes (seccomp, Landlock 7), " +
				"execution (seccomp, Landlock 7), network (seccomp, Landlock 7), processes (seccomp, Landlock 7), kernel (seccomp), limits (rlimits)",
		},
		"an older Landlock": {
			means: means{basic: true, landlock: 2, seccomp: true},
			says: "in force: privileges (no_new_privs, capabilities), reads (Landlock 2), writes (seccomp, Landlock 2), " +
				"execution (seccomp, Landlock 2), network (seccomp), processes (seccomp), kernel (seccomp), limits (rlimits)",
		},
		"no Landlock": {
			means:   means{basic: true, landlockWhy: "too old", seccomp: true},
			lacking: []string{"reads"},
			says: "in force: privileges (no_new_privs, capabilities), writes (seccomp), execution (seccomp), network (seccomp), " +
				"processes (seccomp), kernel (seccomp), limits (rlimits); lacking: reads: too old",
		},
		"no seccomp": {
			means:   means{basic: true, landlock: 5, seccompWhy: "forbidden"},
			lacking: []string{"writes", "execution", "network", "processes", "kernel"},
			says: "in force: privileges (no_new_privs, capabilities), reads (Landlock 5), writes (Landlock 5), execution (Landlock 5), " +
				"network (Landlock 5), limits (rlimits); lacking: writes: files' modes, owners and times: forbidden; " +
				"execution: programs in memory, and copies of the process: forbidden; network: forbidden; processes: forbidden; kernel: forbidden",
		},
		"nothing": {
			means:   means{basicLacks: "none here", landlockWhy: "none here", seccompWhy: "none here"},
			lacking: []string{"privileges", "reads", "writes", "execution", "network", "processes", "kernel", "limits"},
			says: "lacking: privileges: none here; reads: none here; writes: none here; execution: none here; network: none here; " +
				"processes: none here; kernel: none here; limits: none here",
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
		if r.String() != c.says {
			t.Errorf("%s: says\n%s\nwant\n%s", name, r, c.says)
		}
		if strings.Contains(r.String(), "\n") {
			t.Errorf("%s: more than a line", name)
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
