// Most of these tests run the whole product; two at once on two cores would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
