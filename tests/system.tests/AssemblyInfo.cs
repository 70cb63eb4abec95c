// Each of these tests runs the whole product; two at once on two cores would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
