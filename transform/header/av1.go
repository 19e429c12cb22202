package header

// av1Colours returns the code points in the sequence header of an AV1 stream,
// zeros if there are none (AV1 Bitstream & Decoding Process Specification,
// 5.3 and 5.5).
func av1Colours(stream []byte) (primaries, transfer uint8) {
	const mostUnits, sequenceHeader = 16, 1
	for range mostUnits {
		if len(stream) < 2 {
			break
		}
		kind := stream[0] >> 3 & 15
		extended, sized := stream[0]&4 != 0, stream[0]&2 != 0
		stream = stream[1:]
		if extended {
			stream = stream[1:]
		}
		size := uint64(len(stream))
		if sized {
			var n int
			size, n = leb128(stream)
			stream = stream[n:]
		}
		unit := stream[:min(size, uint64(len(stream)))]
		if kind == sequenceHeader {
			return sequenceColours(unit)
		}
		stream = stream[len(unit):]
	}
	return 0, 0
}

// leb128 decodes a number of up to 8 bytes with 7 bits each, and returns its
// length.
func leb128(b []byte) (v uint64, n int) {
	for n < min(len(b), 8) {
		v |= uint64(b[n]&0x7f) << (7 * n)
		n++
		if b[n-1]&0x80 == 0 {
			break
		}
	}
	return v, n
}

// sequenceColours follows sequence_header_obu and color_config up to the code
// points. The names are those of the specification.
func sequenceColours(unit []byte) (primaries, transfer uint8) {
	b := &bits{data: unit}
	profile := b.read(3)
	b.read(1) // still_picture
	reduced := b.flag()
	if reduced {
		b.read(5) // seq_level_idx
	} else {
		b.operatingPoints()
	}
	width, height := b.read(4)+1, b.read(4)+1
	b.read(width)  // max_frame_width_minus_1
	b.read(height) // max_frame_height_minus_1
	if !reduced && b.flag() {
		b.read(4 + 3) // lengths of frame ids
	}
	b.read(3) // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
	if !reduced {
		b.tools()
	}
	b.read(3) // enable_superres, enable_cdef, enable_restoration
	if high := b.flag(); high && profile == 2 {
		b.read(1) // twelve_bit
	}
	if profile != 1 {
		b.read(1) // mono_chrome
	}
	if !b.flag() { // color_description_present_flag
		return 0, 0
	}
	p, t := b.read(8), b.read(8)
	if b.short || !knownPrimaries(p) || !knownTransfer(t) {
		return 0, 0
	}
	return uint8(p), uint8(t)
}

// operatingPoints skips timing and operating points.
func (b *bits) operatingPoints() {
	var model bool
	var delay int
	if b.flag() { // timing_info_present_flag
		b.read(32) // num_units_in_display_tick
		b.read(32) // time_scale
		if b.flag() {
			b.uvlc() // num_ticks_per_picture_minus_1
		}
		if model = b.flag(); model { // decoder_model_info_present_flag
			delay = b.read(5) + 1
			b.read(32) // num_units_in_decoding_tick
			b.read(10) // lengths
		}
	}
	display := b.flag() // initial_display_delay_present_flag
	for range b.read(5) + 1 {
		b.read(12)         // operating_point_idc
		if b.read(5) > 7 { // seq_level_idx
			b.read(1) // seq_tier
		}
		if model && b.flag() { // decoder_model_present_for_this_op
			b.read(delay)
			b.read(delay)
			b.read(1) // low_delay_mode_flag
		}
		if display && b.flag() { // initial_display_delay_present_for_this_op
			b.read(4)
		}
	}
}

// tools skips the coding tools of sequences with several frames.
func (b *bits) tools() {
	b.read(4) // enable_interintra_compound to enable_dual_filter
	order := b.flag()
	if order {
		b.read(2) // enable_jnt_comp, enable_ref_frame_mvs
	}
	screen := 2 // SELECT_SCREEN_CONTENT_TOOLS
	if !b.flag() {
		screen = b.read(1)
	}
	if screen > 0 && !b.flag() { // seq_choose_integer_mv
		b.read(1) // seq_force_integer_mv
	}
	if order {
		b.read(3) // order_hint_bits_minus_1
	}
}

// bits reads bits, most significant first; zeros past the end.
type bits struct {
	data  []byte
	at    int  // in bits
	short bool // read past the end
}

func (b *bits) read(n int) (v int) {
	for range n {
		v <<= 1
		if b.at>>3 >= len(b.data) {
			b.short = true
			continue
		}
		v |= int(b.data[b.at>>3]>>(7-b.at&7)) & 1
		b.at++
	}
	return v
}

func (b *bits) flag() bool { return b.read(1) == 1 }

// uvlc skips a number whose length is given by its leading zeros.
func (b *bits) uvlc() {
	zeros := 0
	for !b.flag() && !b.short {
		zeros++
	}
	b.read(min(zeros, 32))
}
