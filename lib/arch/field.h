/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bitfield engine: one row describes a field of an SMMU word, and reading,
 * writing, parsing, naming and checking are loops over such rows.
 *
 * Nothing here knows Linux; names, positions and sections are those of the
 * Arm SMMUv3 architecture specification, IHI 0070.
 */
#ifndef SMN_ARCH_FIELD_H
#define SMN_ARCH_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Features an SMMU may lack; idr.c derives them from the ID registers. */
enum smn_feat {
	SMN_FEAT_NONE,
	SMN_FEAT_ASID16,
	SMN_FEAT_RIL,
	SMN_FEAT_DS,
	SMN_FEAT_SSID,
	SMN_FEAT_ATS,
	SMN_FEAT_COUNT
};

/* A set of features, bit 1 << enum smn_feat each; bit 0 is always set. */
typedef uint32_t smn_feats;

/*
 * Whose bits these are when they travel through iommufd. Structures that never
 * do (CD, L1STD, ...) and events, which are only read, leave it alone.
 */
enum smn_user {
	SMN_KERNEL,	/* the kernel refuses them; IDRn: they are not ABI */
	SMN_USER,	/* the user's to set; IDRn: the user's to rely on */
};

/* What becomes of a VM's command, or of an event of a VM's stream. */
enum smn_fate {
	SMN_REFUSED,	/* the kernel takes no such command; keeps the event */
	SMN_EMULATED,	/* a VMM's own work: nothing to send for it */
	SMN_FORWARDED,	/* by IOMMU_HWPT_INVALIDATE; to a vEVENTQ */
};

struct smn_field {
	const char *name;		/* Arm's spelling */
	const char *alias;		/* long form accepted as input */
	const char *const *values;	/* names by value, NULL in the gaps */
	uint64_t legal;			/* bit v: v is legal; 0: all are */
	const char *spec, *doc;
	uint8_t word, lo, width;
	uint8_t nvalues;
	uint8_t narrow;			/* width without the `wide` feature */
	uint8_t wide;			/* enum smn_feat */
	uint8_t feat;			/* enum smn_feat that gates the field */
	uint8_t user;			/* enum smn_user */
	bool addr;			/* an address, bits below lo are 0 */
};

enum smn_kind {
	SMN_STE, SMN_L1STD, SMN_CD, SMN_L1CD, SMN_CMD, SMN_EVT, SMN_IDR,
	SMN_KINDS
};

struct smn_layout {
	const char *name;		/* "STE", "TLBI_NH_VA", "F_UUT" */
	const struct smn_field *fields;
	const char *spec, *doc;
	uint16_t nfields;
	uint8_t kind;			/* enum smn_kind */
	uint8_t words;			/* how many, of `bits` each */
	uint8_t bits;			/* 64, or 32 for an ID register */
	uint8_t opcode;			/* SMN_CMD, SMN_EVT: word 0, 7:0 */
	uint8_t feat;			/* enum smn_feat that gates it all */
	uint8_t fate;			/* SMN_CMD, SMN_EVT: enum smn_fate */
};

#define SMN_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Row writers: F("Name", word, high bit, low bit, .more = ...) */
#define SMN_F(n, w, hi, lo_, ...) \
	{ .name = n, .word = w, .lo = lo_, .width = (hi) - (lo_) + 1, \
	  __VA_ARGS__ }
#define SMN_VALUES(a) .values = a, .nvalues = SMN_ARRAY_SIZE(a)
#define SMN_FIELDS(a) .fields = a, .nfields = SMN_ARRAY_SIZE(a)

#define SMN_MAX_WORDS 8		/* of the longest layout here */
#define SMN_NREGS 8		/* rows of smn_idrs: IDR0-5, IIDR, AIDR */
#define SMN_REG_IIDR 6
#define SMN_REG_AIDR 7
#define SMN_CMD_OPCODE 0xffULL	/* word 0 of every command, section 4.1 */
#define SMN_EVT_TYPE 0xffULL	/* word 0 of every event, section 7.3 */

/* A sentence about what is wrong, for people; never needed to go on. */
struct smn_why {
	char text[240];
};

__attribute__((format(printf, 2, 3)))
void smn_why_set(struct smn_why *why, const char *fmt, ...);

/* The bits of its word that the field occupies. */
uint64_t smn_field_mask(const struct smn_field *f);

/*
 * The field's value in @words: a number, or for an address the address itself
 * (S1ContextPtr of 0x4000100b is 0x40001000).
 */
uint64_t smn_field_get(const struct smn_field *f, const uint64_t *words);

/*
 * Put @value into @words, leaving the other bits alone.
 * -ERANGE: it does not fit; -EINVAL: an address that is not aligned.
 */
int smn_field_put(const struct smn_field *f, uint64_t *words, uint64_t value,
		  struct smn_why *why);

/* The name of the field's value @v, or NULL where the table gives none. */
const char *smn_field_value_name(const struct smn_field *f, uint64_t v);

/* The field called @name, its length @len; letter case does not matter. */
const struct smn_field *smn_layout_field(const struct smn_layout *l,
					 const char *name, size_t len);

/*
 * Parse "Name=value" and put it into @words. The value is a number, decimal
 * or 0x hexadecimal, or one of the field's value names.
 * -ENOENT: no such field (the nearest is suggested); -EINVAL: not a value, or
 * a misaligned address; -ERANGE: too large.
 */
int smn_layout_assign(const struct smn_layout *l, uint64_t *words,
		      const char *assignment, struct smn_why *why);

/*
 * The same, but a field whose bits are in @seen already is -EEXIST; @seen has
 * as many words as the layout and starts with zeroes.
 */
int smn_layout_assign_once(const struct smn_layout *l, uint64_t *words,
			   uint64_t *seen, const char *assignment,
			   struct smn_why *why);

/*
 * Parse "Name=value,Name=value,..." or nothing at all, each name once, into
 * @words, which become the layout's type or opcode and what is named.
 */
int smn_layout_parse(const struct smn_layout *l, uint64_t *words,
		     const char *list, struct smn_why *why);

/*
 * The non-zero fields as "ASID=5 Leaf=1", what no row describes as
 * "unknown1=0x10" by word. Returns the length, as snprintf() does.
 */
size_t smn_layout_format(const struct smn_layout *l, const uint64_t *words,
			 char *buf, size_t len);

/* The bits of word @i that tell this layout from others: .opcode's, or 0. */
uint64_t smn_layout_type_bits(const struct smn_layout *l, unsigned int i);

/* The bits of word @i that some row of the layout describes, and the type's. */
uint64_t smn_layout_known(const struct smn_layout *l, unsigned int i);

/* Parse a number that is all of @s: 0 or -EINVAL, -ERANGE. */
int smn_number_parse(const char *s, uint64_t *value);

/* --- the tables: ste.c, l1.c, cd.c, cmd.c, evt.c, idr.c --- */

extern const struct smn_layout smn_ste;
extern const struct smn_layout smn_vste;	/* the words iommufd takes */
extern const struct smn_layout smn_l1std;
extern const struct smn_layout smn_cd;
extern const struct smn_layout smn_l1cd;
extern const struct smn_layout smn_cmds[];
extern const unsigned int smn_ncmds;
extern const struct smn_layout smn_evts[];
extern const unsigned int smn_nevts;
extern const struct smn_layout smn_idrs[SMN_NREGS];	/* as iommufd orders */
extern const struct smn_layout smn_idr6;	/* not from iommufd */

/* Every layout there is, for @i from 0; NULL at the end. */
const struct smn_layout *smn_layout_at(unsigned int i);

/*
 * Words of one kind, as they follow each other in a dump: what people name
 * first (`decode cmd`), and how long a record is.
 */
struct smn_family {
	const char *name;
	uint8_t words, bits;	/* of a record */
	bool named;		/* its layouts have names: commands, events */
};

extern const struct smn_family smn_families[SMN_KINDS];	/* by enum smn_kind */

/* The family called @name, letter case aside, or NULL. */
const struct smn_family *smn_family_by_name(const char *name);

/*
 * The layout of a record, @index-th of its dump: a command's by its opcode, a
 * register's by its place. Never NULL: where no table knows the record it is
 * one called "unknown" without fields.
 */
const struct smn_layout *smn_family_layout(const struct smn_family *f,
					   const uint64_t *words,
					   size_t index);

/*
 * The layout called @name in whichever table, letter case aside; or NULL.
 * "STE" is the whole of it, smn_ste, whose rows include those of smn_vste.
 */
const struct smn_layout *smn_layout_by_name(const char *name);

/* The event whose record has that number, or NULL. */
const struct smn_layout *smn_evt_by_type(uint8_t type);

/* The command of that opcode; of that name ("TLBI_NH_VA", "tlbi-nh-va"). */
const struct smn_layout *smn_cmd_by_opcode(uint8_t opcode);
const struct smn_layout *smn_cmd_by_name(const char *name, size_t len);

/*
 * Parse "tlbi-nh-va:ASID=1,Address=0x1000" into @cmd.
 * -ENOENT: no such command or field; otherwise as smn_layout_assign().
 */
int smn_cmd_parse(const char *text, uint64_t cmd[2], struct smn_why *why);

/*
 * A field of the ID registers, by "IDR3.RIL"; @regs holds one register per
 * row of smn_idrs. The path must be one of the tables': it is never input.
 */
uint32_t smn_idr_get(const uint32_t *regs, const char *path);

/*
 * "Arm MMU-700 r1p1" from IIDR, with numbers where no name is known; NULL when
 * the register says nothing, as an emulated SMMU's. "SMMUv3.2" from AIDR.
 */
#define SMN_ID_NAME 64
const char *smn_iidr_name(uint32_t iidr, char buf[SMN_ID_NAME]);
const char *smn_aidr_name(uint32_t aidr, char buf[SMN_ID_NAME]);

/* Does the kernel's driver let this product nest, errata considered? */
bool smn_iidr_nests(uint32_t iidr);

/* Which features the ID registers announce; @regs as above. */
smn_feats smn_feats_of(const uint32_t *regs);

/* Every feature: what a newest, fullest SMMU would have. */
#define SMN_FEATS_ALL ((1u << SMN_FEAT_COUNT) - 1)

/* "RIL", and the ID register field that announces it: "IDR3.RIL". */
const char *smn_feat_name(enum smn_feat feat);
const char *smn_feat_source(enum smn_feat feat);

/*
 * The name of the table nearest to @name, or NULL when none is near;
 * @names(ctx, i) yields the i-th candidate and NULL at the end.
 */
const char *smn_nearest(const char *name, size_t len,
			const char *(*names)(const void *ctx, unsigned int i),
			const void *ctx);

#endif
