/*
 * The tree of a mail: its MIME parts as they are nested, and below a part what came out of it. The
 * objects alone would not do: a multipart that its delimiters divide is none.
 */
#include "pipeline/explanation.h"

#include <errno.h>

struct tree {
	struct node *nodes;
	size_t count;
	int *of_object; /* object index -> node, -1: none yet */
	int *of_part;	/* part index -> node */
	int *last;	/* node -> its last child so far */
};

static int add_node(
	struct tree *tree, int parent, const struct part *part, const struct object *object)
{
	int at = (int)tree->count++;

	tree->nodes[at] = (struct node){.parent = parent,
		.first_child = -1,
		.next = -1,
		.depth = parent < 0 ? 0 : tree->nodes[parent].depth + 1,
		.part = part,
		.object = object};
	tree->last[at] = -1;
	if (parent < 0)
		return at;
	if (tree->last[parent] < 0)
		tree->nodes[parent].first_child = at;
	else
		tree->nodes[tree->last[parent]].next = at;
	tree->last[parent] = at;
	return at;
}

static bool tree_make(struct tree *tree, struct arena *arena, size_t parts, size_t objects)
{
	size_t count = parts + objects + 1;

	tree->nodes = arena_array(arena, count, sizeof(*tree->nodes));
	tree->last = arena_array(arena, count, sizeof(*tree->last));
	tree->of_object = arena_array(arena, objects + 1, sizeof(*tree->of_object));
	tree->of_part = arena_array(arena, parts + 1, sizeof(*tree->of_part));
	if (!tree->nodes || !tree->last || !tree->of_object || !tree->of_part)
		return false;
	for (size_t i = 0; i < objects; i++)
		tree->of_object[i] = -1;
	return true;
}

static void add_parts(
	struct tree *tree, const struct reading *reading, const struct objects *objects)
{
	size_t object = 1; /* both lists are in the order of the mail */

	for (size_t i = 0; i < reading->count; i++) {
		const struct part *part = &reading->parts[i];
		const struct object *own = NULL;

		if (object < objects->count && objects->list[object].part == part)
			own = &objects->list[object];
		tree->of_part[i] = add_node(
			tree, part->parent < 0 ? 0 : tree->of_part[part->parent], part, own);
		if (own)
			tree->of_object[object++] = tree->of_part[i];
	}
}

/* Members stand behind the parts, each behind what it came out of. */
static void add_members(struct tree *tree, const struct objects *objects)
{
	for (size_t i = 1; i < objects->count; i++) {
		const struct object *object = &objects->list[i];
		int parent = 0;

		if (tree->of_object[i] >= 0)
			continue;
		if (object->parent >= 0 && (size_t)object->parent < i &&
			tree->of_object[object->parent] >= 0)
			parent = tree->of_object[object->parent];
		tree->of_object[i] = add_node(tree, parent, NULL, object);
	}
}

int explain_tree(struct explanation *explanation, struct error *error)
{
	struct delivery *delivery = explanation->delivery;
	const struct reading *reading = &delivery->message.reading;
	const struct objects *objects = &delivery->objects;
	struct tree tree = {0};

	if (!tree_make(&tree, &delivery->arena, reading->count, objects->count))
		return error_set_errno(error, -ENOMEM, "cannot draw the tree");
	tree.of_object[0] = add_node(&tree, -1, NULL, &objects->list[0]);
	add_parts(&tree, reading, objects);
	add_members(&tree, objects);
	explanation->nodes = tree.nodes;
	explanation->node_count = tree.count;
	return 0;
}
