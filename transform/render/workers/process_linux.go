package workers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// executable returns this program, even if its file was replaced since.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}

// attributes make the worker die with the thread that starts it, and put it
// into its own session, which keeps it from Caddy's terminal.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
}

// asBatch makes the calling thread, and the processes it starts, scheduled as
// batch work (SCHED_BATCH, sched(7)): they keep their share of the
// processors, but threads that wake up briefly go first. So Caddy reads
// requests, and hands over the next image, while workers draw; for images of
// one megapixel this is 5 % faster. Another policy was chosen by the operator
// and stays. If the system refuses, nothing is lost. The returned function
// undoes it for the thread.
func asBatch() func() {
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil || attr.Policy != unix.SCHED_NORMAL {
		return func() {}
	}
	set := func(policy uint32) {
		_ = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy, Nice: attr.Nice}, 0)
	}
	set(unix.SCHED_BATCH)
	return func() { set(unix.SCHED_NORMAL) }
}

// disown is called first in the worker. It makes the worker die with its
// parent, and sets its name.
func disown() error {
	// The parent has requested this already, but the kernel drops it if the
	// executable has capabilities (setcap cap_net_bind_service), see
	// PR_SET_PDEATHSIG(2const).
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	// The kernel would name it "exe" after /proc/self/exe. A name has up to
	// 15 characters.
	if err := os.WriteFile("/proc/self/comm", []byte("images-worker"), 0); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// isEnding reports whether a process with a closed socket is ending or gone.
// The kernel closes a process's descriptors with its last thread, when all
// threads have the flag PF_EXITING in the ninth field of stat, see proc(5).
func isEnding(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return os.IsNotExist(err) || errors.Is(err, unix.ESRCH)
	}
	const exiting = 0x4
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // from the third on
	if len(fields) < 7 {
		return false
	}
	flags, err := strconv.ParseUint(string(fields[6]), 10, 64)
	return err == nil && flags&exiting != 0
}

// oomKills returns how many processes the kernel has killed for want of
// memory, on this machine and in all of its control groups (proc_vmstat(5));
// ok is false if the kernel does not report it.
func oomKills() (n uint64, ok bool) {
	vmstat, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return 0, false
	}
	_, rest, found := bytes.Cut(vmstat, []byte("\noom_kill "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err = strconv.ParseUint(string(line), 10, 64)
	return n, found && err == nil
}

// peak returns the peak resident size of an ended process, in bytes.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}

// meter reads the resident size of a process.
type meter struct{ statm *os.File }

func newMeter(pid int) meter {
	// Without it the worker is replaced only by its number of jobs.
	statm, _ := os.Open(fmt.Sprintf("/proc/%d/statm", pid))
	return meter{statm}
}

// resident returns the resident size in bytes; 0 if unknown.
func (m meter) resident() int64 {
	size, _ := m.sizes()
	return size
}

// own returns the part without mapped files and shared memory: the resident
// code of libraries grows with the kinds of images that a worker has drawn.
func (m meter) own() int64 {
	size, shared := m.sizes()
	return size - shared
}

// sizes reads the second and the third number of statm, see proc(5).
func (m meter) sizes() (resident, shared int64) {
	if m.statm == nil {
		return 0, 0
	}
	var line [128]byte
	n, _ := m.statm.ReadAt(line[:], 0)
	fields := bytes.Fields(line[:n])
	if len(fields) < 3 {
		return 0, 0
	}
	resident, _ = strconv.ParseInt(string(fields[1]), 10, 64)
	shared, _ = strconv.ParseInt(string(fields[2]), 10, 64)
	page := int64(os.Getpagesize())
	return resident * page, shared * page
}

func (m meter) close() { m.statm.Close() }
