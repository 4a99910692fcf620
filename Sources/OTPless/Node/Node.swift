/// One of the equal servers of an installation; a name for its id.
public enum Node {}

/// Names a node from its start to its end.
public typealias NodeID = Identifier<Node>
