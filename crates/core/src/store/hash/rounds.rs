//! The rounds of SHA-512 crypt on vectors, written once for every width. A macro, because functions for one kind of
//! processor are no methods of a trait: they are safe to call only from one another.

/// The state of SHA-512 before the first block (FIPS 180-4, 5.3.5).
pub(super) const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Its constants, one for each step (4.2.3).
#[rustfmt::skip]
pub(super) const STEPS: [u64; 80] = [
    0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
    0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
    0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
    0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694,
    0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
    0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
    0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
    0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70,
    0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
    0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
    0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
    0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8,
    0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
    0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
    0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
    0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b,
    0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
    0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
    0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
    0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817,
];

/// Where the variables a to h of a step stand.
pub(super) const fn places(step: usize) -> [usize; 8] {
    let mut places = [0; 8];
    let mut variable = 0;
    while variable < 8 {
        places[variable] = (variable + 16 - step) % 8;
        variable += 1;
    }
    places
}

/// The functions `rounds` of `$lanes` lanes. Wants in scope the type `V` of a vector and its operations, which need the
/// same `$feature` of the processor.
macro_rules! rounds {
    ($feature:literal, $lanes:literal) => {
        /// Does `count` rounds in all lanes, beginning with and ending in `digest`: words of the digests, those of the
        /// lanes side by side.
        #[target_feature(enable = $feature)]
        pub(super) fn rounds(messages: &mut Messages<$lanes>, digest: &mut [[u64; $lanes]; 8], count: u32) {
            let mut last = digest.each_ref().map(|word| vector(word));
            for round in 0..count as usize {
                if let Some(place) = messages.place(round) {
                    let touched = touched(place, &last);
                    messages.put(round, &touched.map(|word| array(word)));
                }
                let (blocks, lengths) = messages.blocks(round);
                let mut state = START.map(|word| same(word));
                for (at, block) in blocks.iter().enumerate() {
                    let mut words = block.each_ref().map(|word| vector(word));
                    if at == 0 && messages.place(round).is_none() {
                        words[..8].copy_from_slice(&last);
                    }
                    let mut next = state;
                    compress(&mut next, words);
                    // Lanes whose message has ended keep their state.
                    let more = vector(&lengths.map(|length| if length > at as u64 { u64::MAX } else { 0 }));
                    for (word, next) in state.iter_mut().zip(next) {
                        *word = choose(more, next, *word);
                    }
                }
                last = state;
            }
            *digest = last.map(|word| array(word));
        }

        /// The words of messages that a digest touches, with the digest in them.
        #[target_feature(enable = $feature)]
        #[inline]
        fn touched(place: &Place<$lanes>, digest: &[V; 8]) -> [V; TOUCHED] {
            let right = vector(&place.shift);
            let left = vector(&place.shift.map(|bits| 64 - bits));
            let mut touched = [vector(&place.head); TOUCHED];
            touched[TOUCHED - 1] = vector(&place.tail);
            touched[0] = or(touched[0], shift_right(digest[0], right));
            for at in 1..TOUCHED - 1 {
                touched[at] = or(shift_left(digest[at - 1], left), shift_right(digest[at], right));
            }
            touched[TOUCHED - 1] = or(touched[TOUCHED - 1], shift_left(digest[TOUCHED - 2], left));
            touched
        }

        /// One block of SHA-512 (FIPS 180-4, 6.4.2).
        #[target_feature(enable = $feature)]
        #[inline]
        fn compress(state: &mut [V; 8], mut words: [V; 16]) {
            let mut work = *state;
            for (at, constants) in STEPS.as_chunks::<16>().0.iter().enumerate() {
                macro_rules! step {
                    ($step:literal) => {
                        if at > 0 {
                            let next = add(small_sigma_1(words[($step + 14) % 16]), words[($step + 9) % 16]);
                            let next = add(next, small_sigma_0(words[($step + 1) % 16]));
                            words[$step] = add(words[$step], next);
                        }
                        // The eight variables change their places by turns instead of being moved.
                        let [a, b, c, d, e, f, g, h] = const { places($step) };
                        let known = add(add(work[h], same(constants[$step])), words[$step]);
                        let first = add(add(known, big_sigma_1(work[e])), choose(work[e], work[f], work[g]));
                        let second = add(big_sigma_0(work[a]), majority(work[a], work[b], work[c]));
                        work[d] = add(work[d], first);
                        work[h] = add(first, second);
                    };
                }
                step!(0);
                step!(1);
                step!(2);
                step!(3);
                step!(4);
                step!(5);
                step!(6);
                step!(7);
                step!(8);
                step!(9);
                step!(10);
                step!(11);
                step!(12);
                step!(13);
                step!(14);
                step!(15);
            }
            for (word, work) in state.iter_mut().zip(work) {
                *word = add(*word, work);
            }
        }
    };
}

pub(super) use rounds;
